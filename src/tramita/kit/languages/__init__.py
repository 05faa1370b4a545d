"""Words in the reader's language: catalogues, formats, and which language it is.

The source text is English and stands where it is used; the other languages are complete, which
``make check`` sees to. Catalogues (``locale/<language>/LC_MESSAGES/*.po``) are read as they are,
once per process.
"""
