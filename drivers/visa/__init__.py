"""VISA instruments: a message link, SCPI as one dialect on it, and one driver per instrument."""
