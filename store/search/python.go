package search

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Some values MLflow hands to Python: the list of IN to its parser of literals,
// experiment ids to int(). What they take is more than SQL would.

// asciiDigits writes the decimal digits of all scripts as 0 to 9.
func asciiDigits(text string) string {
	return strings.Map(func(r rune) rune {
		for _, digits := range unicode.Nd.R16 {
			if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
				return '0' + (r-rune(digits.Lo))%10
			}
		}
		for _, digits := range unicode.Nd.R32 {
			if rune(digits.Lo) <= r && r <= rune(digits.Hi) {
				return '0' + (r-rune(digits.Lo))%10
			}
		}
		return r
	}, text)
}

// wholeNumber reads what Python's int() reads, if it fits 64 bits.
func wholeNumber(text string) (int64, bool) {
	text = asciiDigits(strings.TrimFunc(text, isSpace))
	digits := strings.TrimPrefix(text, "-")
	if digits == text {
		digits = strings.TrimPrefix(text, "+")
	}
	for part := range strings.SplitSeq(digits, "_") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	return n, err == nil
}

// listReader reads a tuple of texts in Python's syntax.
type listReader struct {
	text   string
	at     int
	reason string // what is wrong at at; empty if nothing is
}

const listHelp = "the list must be texts in quotes with commas between, such as ('a', 'b')"

// readList reads the list of IN. On failure it returns the place and the reason.
func readList(text string) (texts []string, at int, reason string) {
	r := &listReader{text: strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)}
	if strings.Contains(text, "\x00") {
		return nil, 0, "a list cannot contain the character of code 0"
	}
	texts, _ = r.item()
	if r.space(); r.at < len(r.text) {
		r.fail(listHelp)
	}
	if len(texts) == 0 {
		r.fail("the list of IN is empty; write at least one text, such as ('a')")
	}
	return texts, min(r.at, len(text)), r.reason
}

// item reads a text or something in parentheses: one text if alone is true, else
// a tuple of them. One text in parentheses is that text.
func (r *listReader) item() (texts []string, alone bool) {
	r.space()
	if !strings.HasPrefix(r.text[r.at:], "(") {
		return []string{r.texts()}, true
	}
	r.at++
	commas := 0
	for r.reason == "" {
		r.space()
		if strings.HasPrefix(r.text[r.at:], ")") {
			r.at++
			return texts, commas == 0 && len(texts) == 1
		}
		if len(texts) > commas {
			r.reason = listHelp
			break
		}
		part, single := r.item()
		if r.space(); !single {
			// A tuple in parentheses is that tuple, but a tuple in a tuple is no text.
			if r.reason == "" && strings.HasPrefix(r.text[r.at:], ")") && commas == 0 {
				r.at++
				return part, false
			}
			r.fail(listHelp)
			break
		}
		texts = append(texts, part...)
		if strings.HasPrefix(r.text[r.at:], ",") {
			r.at++
			commas++
		}
	}
	return nil, false
}

func (r *listReader) fail(reason string) {
	if r.reason == "" {
		r.reason = reason
	}
}

// space skips blanks, line ends, comments and line continuations.
func (r *listReader) space() {
	for r.at < len(r.text) {
		rest := r.text[r.at:]
		switch {
		case strings.ContainsRune(" \t\f\n", rune(rest[0])):
			r.at++
		case rest[0] == '#':
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			r.at += end
		case strings.HasPrefix(rest, "\\\n"):
			r.at += 2
		default:
			return
		}
	}
}

// texts reads texts that stand side by side, which Python joins.
func (r *listReader) texts() string {
	var all strings.Builder
	for first := true; r.reason == ""; first = false {
		r.space()
		start := r.at
		raw := r.prefix()
		if r.at == len(r.text) || r.text[r.at] != '\'' && r.text[r.at] != '"' {
			if r.at = start; first {
				r.reason = listHelp
			}
			break
		}
		quote := r.text[r.at : r.at+1]
		if triple := strings.Repeat(quote, 3); strings.HasPrefix(r.text[r.at:], triple) {
			quote = triple
		}
		r.at += len(quote)
		all.WriteString(r.inside(quote, raw))
	}
	return all.String()
}

// prefix reads the r or u before a text.
func (r *listReader) prefix() (raw bool) {
	if r.at == len(r.text) {
		return false
	}
	switch r.text[r.at] {
	case 'r', 'R':
		r.at++
		return true
	case 'u', 'U':
		r.at++
	}
	return false
}

// inside reads a text up to its closing quote.
func (r *listReader) inside(quote string, raw bool) string {
	var out strings.Builder
	for r.reason == "" && r.at < len(r.text) {
		rest := r.text[r.at:]
		switch {
		case strings.HasPrefix(rest, quote):
			r.at += len(quote)
			return out.String()
		case len(quote) == 1 && rest[0] == '\n':
			r.reason = "a text in the list cannot go over several lines"
			return ""
		case rest[0] == '\\' && len(rest) > 1 && raw:
			_, size := utf8.DecodeRuneInString(rest[1:])
			out.WriteString(rest[:1+size])
			r.at += 1 + size
		case rest[0] == '\\' && len(rest) > 1:
			r.escape(&out)
		default:
			_, size := utf8.DecodeRuneInString(rest)
			out.WriteString(rest[:size])
			r.at += size
		}
	}
	r.fail("a quote is never closed")
	return ""
}

// escapes are the escapes of one letter.
const (
	escapeLetters = `\'"abfnrtv`
	escapeValues  = "\\'\"\a\b\f\n\r\t\v"
)

// escape reads one escape; an unknown one stays as it is.
func (r *listReader) escape(out *strings.Builder) {
	rest := r.text[r.at+1:]
	if i := strings.IndexByte(escapeLetters, rest[0]); i >= 0 {
		out.WriteByte(escapeValues[i])
		r.at += 2
		return
	}
	switch {
	case rest[0] == '\n':
		r.at += 2
	case '0' <= rest[0] && rest[0] <= '7':
		size := 1
		for size < 3 && size < len(rest) && '0' <= rest[size] && rest[size] <= '7' {
			size++
		}
		r.code(out, rest, 8, size)
	case rest[0] == 'x':
		r.code(out, rest, 16, 2)
	case rest[0] == 'u':
		r.code(out, rest, 16, 4)
	case rest[0] == 'U':
		r.code(out, rest, 16, 8)
	case rest[0] == 'N':
		r.reason = `characters by name, \N{…}, are not read; write the character itself`
	default:
		out.WriteByte('\\')
		r.at++
	}
}

// code writes the character whose number is so many digits at the start of rest,
// behind a letter unless they are octal.
func (r *listReader) code(out *strings.Builder, rest string, base, size int) {
	start := 0
	if base == 16 {
		start = 1
	}
	if len(rest) < start+size {
		r.reason = "an escape is cut short; write two backslashes for one"
		return
	}
	n, err := strconv.ParseUint(rest[start:start+size], base, 32)
	if err != nil || n > unicode.MaxRune || 0xd800 <= n && n <= 0xdfff {
		r.reason = "an escape names no character; write two backslashes for one"
		return
	}
	out.WriteRune(rune(n))
	r.at += 1 + start + size
}
