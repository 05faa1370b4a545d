"""Documents as PDF: Markdown in, bytes out, made by typst in processes of their own."""
