"""Lex Persona, an electronic signature service of France."""
