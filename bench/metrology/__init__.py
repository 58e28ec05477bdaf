"""What the numbers mean: equations, percentage error, gates, limits and plans by standard."""
