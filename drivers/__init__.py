"""Floor 1: each driver speaks one device's protocol over one wire, and nothing else."""
