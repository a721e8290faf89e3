"""The conformance kit: does an agency's connector keep the rules of docs/contracts/agencies.md?

It plays Liên Thông on a broker of its own: hands over, repeats itself, cuts the connection, speaks a
newer version, refuses; and holds what the connector answers against the contract.
"""
