package webhooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// The limits of a request.
const (
	usualTimeout  = 30 * time.Second // MLflow's
	mostRedirects = 3
	mostHeader    = 64 << 10 // bytes of an answer
	mostBody      = 4 << 10  // bytes of an answer's body that are read
	mostAnswer    = 300      // bytes that are kept of it
)

// Sender sends requests. The zero value reaches public addresses by https, without
// a proxy.
type Sender struct {
	Reach   Reach
	Timeout time.Duration // of a request with its redirects; 0 means 30 seconds
	// Proxy, if it is not nil, is where requests go through. It then resolves names,
	// so that only the URL is checked, not the address behind it.
	Proxy *url.URL

	tls      *tls.Config
	resolver *net.Resolver
}

// request is one that is to be sent.
type request struct {
	url    string
	id     string
	secret string // "" leaves the request unsigned
	body   []byte
	at     time.Time // of sending
}

// outcome is what became of a request.
type outcome struct {
	ok      bool
	again   bool          // another try may do better, and this one did nothing
	unsure  bool          // it was sent, and nobody knows what became of it
	after   time.Duration // what the receiver asks to wait
	answers string
}

// send sends a request and follows redirects that lead where it may go.
func (s *Sender) send(ctx context.Context, r request) outcome {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	ctx, done := context.WithTimeout(ctx, timeout)
	defer done()
	client := s.client()
	at, err := url.Parse(r.url)
	if err != nil {
		return outcome{answers: "the URL cannot be read"}
	}
	for range mostRedirects + 1 {
		if err := s.Reach.check(at); err != nil {
			return outcome{answers: err.Error()}
		}
		response, written, err := post(ctx, client, at, r)
		if err != nil {
			return failed(err, written, timeout)
		}
		to, err := redirected(response)
		if err != nil || to == nil {
			o := answered(response)
			if err != nil {
				o = outcome{answers: response.Status + ": " + err.Error()}
			}
			return o
		}
		response.Body.Close()
		at = to
	}
	return outcome{answers: fmt.Sprintf("redirected more than %d times", mostRedirects)}
}

// client makes one that keeps no connection, so that no request is lost on one
// that the receiver closed meanwhile.
func (s *Sender) client() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: s.Reach.control, Resolver: s.resolver}
	t := &http.Transport{
		DialContext: dialer.DialContext, TLSClientConfig: s.tls, DisableKeepAlives: true, DisableCompression: true,
		TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: mostHeader,
	}
	if s.Proxy != nil {
		dialer.Control = nil
		t.Proxy = http.ProxyURL(s.Proxy)
	}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// post sends once, and reports whether any of the request was written.
func post(ctx context.Context, c *http.Client, to *url.URL, r request) (_ *http.Response, written bool, err error) {
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, false, err
	}
	seconds := r.at.Unix()
	q.Header.Set("User-Agent", "benchside")
	q.Header.Set("Content-Type", "application/json")
	q.Header["X-MLflow-Delivery-Id"] = []string{r.id} // spelled as MLflow does
	q.Header["X-MLflow-Timestamp"] = []string{strconv.FormatInt(seconds, 10)}
	if r.secret != "" {
		q.Header["X-MLflow-Signature"] = []string{Sign(r.secret, r.id, seconds, r.body)}
	}
	response, err := c.Do(q)
	return response, wrote.Load(), err
}

// redirected returns where an answer sends a request on to, nil if nowhere. A 303
// asks for another page to be read, which is no delivery.
func redirected(r *http.Response) (*url.URL, error) {
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := r.Location()
	if err != nil {
		r.Body.Close()
		return nil, errors.New("the redirect leads nowhere")
	}
	return to, nil
}

// answered reads the beginning of an answer and says what it means.
func answered(r *http.Response) outcome {
	defer r.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(r.Body, mostBody)) // the status has said what matters
	o := outcome{answers: r.Status}
	if text := strings.Join(strings.Fields(strings.ToValidUTF8(string(body), "\ufffd")), " "); text != "" {
		o.answers += ": " + text
	}
	o.answers = shortened(o.answers)
	switch {
	case r.StatusCode >= 200 && r.StatusCode < 300:
		o.ok = true
	case r.StatusCode == http.StatusTooManyRequests || r.StatusCode >= 500:
		o.again, o.after = true, retryAfter(r.Header.Get("Retry-After"))
	}
	return o
}

func shortened(text string) string {
	if len(text) <= mostAnswer {
		return text
	}
	return strings.ToValidUTF8(text[:mostAnswer], "") + "…"
}

// retryAfter reads seconds or a date; 0 where there is neither.
func retryAfter(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// failed says what an error means. Its words leave out the URL, of which a part
// may be secret.
func failed(err error, written bool, timeout time.Duration) outcome {
	if in := new(url.Error); errors.As(err, &in) {
		err = in.Err
	}
	words := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		words = fmt.Sprintf("no answer within %s", timeout)
	}
	if errors.Is(err, context.Canceled) {
		words = "cut short"
	}
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, new(refused)):
		return outcome{answers: innermost(err)}
	case errors.As(err, &certificate):
		return outcome{answers: shortened(words)}
	case written:
		return outcome{unsure: true, answers: shortened(words + "; it may have arrived: replay it if it did not")}
	}
	return outcome{again: true, answers: shortened(words)}
}

func innermost(err error) string {
	var r refused
	if errors.As(err, &r) {
		return r.why
	}
	return err.Error()
}
