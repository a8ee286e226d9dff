"""What `mlsdc experiment` reads and prints."""
