"""1C:Enterprise: a back office that is called through an HTTP service of its own, or through OData."""
