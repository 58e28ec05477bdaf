"""SCPI instrument twins: one IEEE 488.2 core, many command tables."""
