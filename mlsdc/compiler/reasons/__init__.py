"""What `mlsdc why` says of numbers beyond what their facts hold."""
