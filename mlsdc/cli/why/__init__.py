"""What `mlsdc why` finds and prints."""
