"""What an Allure report has besides tests: environment, categories, readings, wire traces."""
