pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.rabbitmq",
    "tests.fixtures.stack",
]
