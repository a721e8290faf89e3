"""What may be filed, by whom, under which code and until when: pure decisions."""
