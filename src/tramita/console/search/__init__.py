"""The search: one field for whatever names a thing of any journey."""
