"""What has to work for a request to be answered, and what was promised of it."""
