package search

func quoteIfNeeded(key string) string { return key }
