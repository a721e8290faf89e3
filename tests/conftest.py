pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.rabbitmq",
    "tests.fixtures.doors",
    "tests.fixtures.stack",
]
