"""`python -m deploy.cli` is `lienthong`."""

from deploy.cli import main

main()
