"""Plays scenarios of provinces through the services' doors: what is done and when, never what comes of it.

`scenario` reads the data, `plan` decides who does what when, `player` does it over HTTP and the broker.
"""
