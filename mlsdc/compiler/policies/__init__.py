"""What a team demands, what a design accepts with a reason, and how severe findings are."""
