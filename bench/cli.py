"""Command line: `bench calibrate`, `bench results`, `bench doctor`, `bench twins`."""


def main() -> None:
    """Placeholder."""
