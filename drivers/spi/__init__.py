"""SPI buses: one bus interface, and an adapter for each way onto the wire."""
