"""Ages, types, units, versions and populations of values in training and in serving."""
