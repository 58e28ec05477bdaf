"""Loads the fixtures of the bench; `fixtures/options.py` adds its command-line options."""

pytest_plugins = [
    "fixtures.stop",
    "fixtures.options",
    "fixtures.plan_choice",
    "fixtures.safety",
    "fixtures.skips",
    "fixtures.station",
    "fixtures.run",
    "fixtures.measure",
    "fixtures.junit",
    "fixtures.allure",
    "fixtures.calibration",
    "fixtures.plan",
    "fixtures.accuracy",
]
