package foreign

import "bytes"

// bare are the words that Python writes for numbers that JSON has not.
var bare = [][]byte{[]byte("NaN"), []byte("Infinity"), []byte("-Infinity")}

// strict makes JSON of what Python writes: NaN, Infinity and -Infinity, which it writes
// bare, become null.
func strict(content []byte) []byte {
	if !bytes.Contains(content, bare[0]) && !bytes.Contains(content, bare[1]) {
		return content
	}
	out := make([]byte, 0, len(content))
	quoted := false
	for i := 0; i < len(content); i++ {
		b := content[i]
		switch {
		case quoted && b == '\\' && i+1 < len(content):
			out = append(out, b)
			i++
			b = content[i]
		case b == '"':
			quoted = !quoted
		case !quoted && (b == 'N' || b == 'I' || b == '-'):
			if n := word(content[i:]); n > 0 {
				out = append(out, "null"...)
				i += n - 1
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// word is the length of the word at the beginning, 0 if there is none.
func word(content []byte) int {
	for _, w := range bare {
		if bytes.HasPrefix(content, w) {
			return len(w)
		}
	}
	return 0
}
