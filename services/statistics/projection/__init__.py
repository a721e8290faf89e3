"""From messages to rows: pure, and in whatever order the messages come.

Every field belongs to one type of message, or the rule says which of several prevails: the first
moment, the higher version, the later position in the source's log. So dossiers whose messages
overtook each other, or arrived late, end in the same rows as others. A message about a dossier that
was not heard of yet makes its row.

A document is a CloudEvents message as `orjson.loads` gives it; a row maps column names to values,
with ids and times as text.
"""
