"""Texts before and after translating: masks, numbers, sentences, gates. Pure."""
