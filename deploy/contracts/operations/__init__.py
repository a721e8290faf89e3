"""What each HTTP door takes, answers and refuses: one table a service.

The doors themselves are found in the services (`deploy.contracts.doors`); a door without a row here
fails the tests.
"""
