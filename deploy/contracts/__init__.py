"""The contracts as documents: AsyncAPI, OpenAPI, JSON Schemas and the tables of their README.

All of it is generated from what the services run on (marshmallow schemas, entrypoints, handlers,
topology, problems), so that the documents cannot say anything else than the code.
"""
