"""Commands about certificates and reports, found by `bench` through entry points of the package."""
