"""Private PostgreSQL and RabbitMQ from the distribution's packages, for machines without Docker.

    from deploy.instances.postgres import PrivatePostgres
    from deploy.instances.rabbitmq import PrivateRabbit

Each lives under a directory of its own, listens on loopback alone, on ports that were free, and
touches no instance that it did not start. Linux only: processes are told apart by `/proc`.
"""
