"""The virtual side: the world, and a twin for each device on the far end of its own wire."""
