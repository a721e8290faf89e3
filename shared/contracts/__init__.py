"""The public messages: the only thing that services know of each other. Shapes, no behaviour."""
