"""Carrying messages: the broker port and its two brokers, publishing from the log, consuming in batches."""
