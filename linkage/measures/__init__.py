"""The question language and its kinds: from presence bitmaps to tables of counts that add."""
