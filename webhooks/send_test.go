package webhooks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// anywhere is a sender that reaches receivers on this machine.
func anywhere() *Sender {
	return &Sender{Reach: Reach{HTTP: true, Private: true}, Timeout: 5 * time.Second}
}

func to(address string) request {
	return request{url: address, id: "734df5e9-0399-4f3b-92c1-d5b68d76ee2a", secret: "s3cret", body: []byte(`{"a": 1}`), at: time.Unix(1795472222, 0)}
}

// heard is what a receiver was sent.
type heard struct {
	lock     sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (h *heard) hear(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = []byte(err.Error())
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	h.requests, h.bodies = append(h.requests, r), append(h.bodies, string(body))
}

func (h *heard) count() int {
	h.lock.Lock()
	defer h.lock.Unlock()
	return len(h.bodies)
}

func receiver(t *testing.T, answer http.HandlerFunc) (*heard, *httptest.Server) {
	t.Helper()
	h := &heard{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.hear(r)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return h, s
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestARequestIsSentAsMLflowSendsIt(t *testing.T) {
	h, s := receiver(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, " thank\nyou ") })
	if got := anywhere().send(t.Context(), to(s.URL+"/hook?a=b")); !got.ok || got.answers != "200 OK: thank you" {
		t.Errorf("got %+v, want 200 OK: thank you", got)
	}
	r := h.requests[0]
	for name, want := range map[string]string{
		"Content-Type": "application/json", "X-MLflow-Delivery-Id": "734df5e9-0399-4f3b-92c1-d5b68d76ee2a",
		"X-MLflow-Timestamp": "1795472222", "X-MLflow-Signature": Sign("s3cret", "734df5e9-0399-4f3b-92c1-d5b68d76ee2a", 1795472222, []byte(`{"a": 1}`)),
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if r.Method != "POST" || h.bodies[0] != `{"a": 1}` || r.URL.RequestURI() != "/hook?a=b" {
		t.Errorf("got %s %s %s", r.Method, r.URL, h.bodies[0])
	}
	unsigned := to(s.URL)
	unsigned.secret = ""
	anywhere().send(t.Context(), unsigned)
	if _, signed := h.requests[1].Header["X-Mlflow-Signature"]; signed {
		t.Error("a request without a secret is signed")
	}
}

func TestWhatAnswersMean(t *testing.T) {
	for code, want := range map[int]outcome{
		200: {ok: true}, 204: {ok: true}, 299: {ok: true},
		303: {}, 304: {}, 400: {}, 401: {}, 404: {}, 410: {}, 422: {},
		429: {again: true}, 500: {again: true}, 502: {again: true}, 503: {again: true}, 504: {again: true},
	} {
		h, s := receiver(t, status(code))
		got := anywhere().send(t.Context(), to(s.URL))
		if got.ok != want.ok || got.again != want.again || got.unsure || !strings.HasPrefix(got.answers, fmt.Sprint(code)) {
			t.Errorf("%d: got %+v, want %+v", code, got, want)
		}
		if h.count() != 1 {
			t.Errorf("%d: sent %d times, want once", code, h.count())
		}
	}
}

func TestReceiversMayAskToWait(t *testing.T) {
	_, s := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(429)
	})
	if got := anywhere().send(t.Context(), to(s.URL)); got.after != 7*time.Second {
		t.Errorf("got %s, want 7s", got.after)
	}
	for text, want := range map[string]time.Duration{"": 0, "-1": 0, "x": 0, "Wed, 21 Oct 2015 07:28:00 GMT": 0} {
		if got := retryAfter(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestRedirectsAreFollowedAsPosts(t *testing.T) {
	for _, code := range []int{301, 302, 307, 308} {
		last, end := receiver(t, status(200))
		_, s := receiver(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, end.URL+"/there", code) })
		if got := anywhere().send(t.Context(), to(s.URL)); !got.ok {
			t.Errorf("%d: %+v", code, got)
		}
		if last.count() != 1 || last.requests[0].Method != "POST" || last.bodies[0] != `{"a": 1}` || last.requests[0].Header.Get("X-MLflow-Signature") == "" {
			t.Errorf("%d: the end of the redirect got %v", code, last.bodies)
		}
	}
}

func TestRedirectsLeadNowhereForbidden(t *testing.T) {
	inside, forbidden := receiver(t, status(200))
	for name, c := range map[string]struct{ to, says string }{
		"to http":     {forbidden.URL, "http is not allowed"},
		"to a file":   {"file:///etc/passwd", `"file" is not https`},
		"without end": {"/", "redirected more than 3 times"},
		"to nothing":  {"", "leads nowhere"},
	} {
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", c.to)
			w.WriteHeader(307)
		}))
		sender := &Sender{Reach: Reach{Private: true}, tls: s.Client().Transport.(*http.Transport).TLSClientConfig}
		if got := sender.send(t.Context(), to(s.URL)); got.ok || got.again || got.unsure || !strings.Contains(got.answers, c.says) {
			t.Errorf("%s: got %+v, want %s", name, got, c.says)
		}
		s.Close()
	}
	// A receiver on this machine is no public one, so what a public one would redirect
	// to is sent to as the redirect would.
	port := forbidden.URL[strings.LastIndex(forbidden.URL, ":"):]
	for name, there := range map[string]string{
		"to a loopback by name": "http://localhost" + port,
		"to a private address":  "http://127.0.0.1" + port,
		"to mapped IPv4":        "http://[::ffff:127.0.0.1]" + port,
		"to an old spelling":    "http://127.1" + port,
	} {
		at, err := redirected(&http.Response{StatusCode: 307, Header: http.Header{"Location": {there}}, Request: httptest.NewRequest("POST", "https://example.com", nil)})
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Sender{Reach: Reach{HTTP: true}, Timeout: 3 * time.Second}).send(t.Context(), to(at.String())); got.ok || got.unsure {
			t.Errorf("%s: got %+v, want a refusal", name, got)
		}
	}
	if inside.count() != 0 {
		t.Errorf("the forbidden receiver got %d requests", inside.count())
	}
}

// names is a server of names that gives one answer after the other, the last one
// for good.
func names(t *testing.T, answers ...[4]byte) *net.Resolver {
	t.Helper()
	at, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	var asked atomic.Int64
	go func() {
		for buf := make([]byte, 512); ; {
			n, from, err := at.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			q := m.Questions[0]
			reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
			if q.Type == dnsmessage.TypeA {
				i := min(int(asked.Add(1))-1, len(answers)-1)
				reply.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: answers[i]}}}
			}
			if packed, err := reply.Pack(); err == nil {
				_, _ = at.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", at.LocalAddr().String())
	}}
}

func TestTheAddressIsCheckedThatIsDialled(t *testing.T) {
	h, s := receiver(t, status(200))
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	inside := [4]byte{127, 0, 0, 1}
	for name, c := range map[string]struct {
		answers [][4]byte
		reach   Reach
		arrives int
	}{
		"a name of a private address":           {[][4]byte{inside}, Reach{HTTP: true}, 0},
		"an answer that changes behind a check": {[][4]byte{{93, 184, 216, 34}, inside}, Reach{HTTP: true}, 0},
		"a name of the metadata of a cloud":     {[][4]byte{{169, 254, 169, 254}}, Reach{HTTP: true}, 0},
		"a private address where it is allowed": {[][4]byte{inside}, Reach{HTTP: true, Private: true}, 1},
	} {
		before, resolver := h.count(), names(t, c.answers...)
		if len(c.answers) > 1 { // somebody checks the name first, and is told something else
			found, err := resolver.LookupNetIP(t.Context(), "ip4", "hooks.example.com")
			if err != nil || !public(found[0]) {
				t.Fatalf("%s: looked up %v, %v", name, found, err)
			}
		}
		sender := Sender{Reach: c.reach, Timeout: 3 * time.Second, resolver: resolver}
		got := sender.send(t.Context(), to("http://hooks.example.com"+port))
		if h.count()-before != c.arrives || got.ok != (c.arrives > 0) {
			t.Errorf("%s: %d requests arrived, want %d: %+v", name, h.count()-before, c.arrives, got)
		}
		if c.arrives == 0 && (got.again || !strings.Contains(got.answers, "is not a public address")) {
			t.Errorf("%s: got %+v, want a refusal for good", name, got)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	s := httptest.NewTLSServer(status(200))
	defer s.Close()
	sender := anywhere()
	if got := sender.send(t.Context(), to(s.URL)); got.ok || got.again || !strings.Contains(got.answers, "certificate") {
		t.Errorf("an unknown certificate: got %+v, want a failure for good", got)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	sender.tls = &tls.Config{RootCAs: roots}
	sender.Reach.HTTP = false
	if got := sender.send(t.Context(), to(s.URL)); !got.ok {
		t.Errorf("a known certificate: got %+v", got)
	}
}

func TestNoProxyOfTheEnvironmentIsUsed(t *testing.T) {
	proxied, proxy := receiver(t, status(200))
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("ALL_PROXY", proxy.URL)
	h, s := receiver(t, status(200))
	address := strings.Replace(s.URL, "127.0.0.1", "hooks.example.com", 1)
	sender := anywhere()
	sender.resolver = names(t, [4]byte{127, 0, 0, 1})
	if got := sender.send(t.Context(), to(address)); !got.ok || h.count() != 1 || proxied.count() != 0 {
		t.Errorf("got %+v; %d arrived, %d at the proxy", got, h.count(), proxied.count())
	}
	sender.Proxy, _ = url.Parse(proxy.URL)
	if got := sender.send(t.Context(), to(address)); !got.ok || proxied.count() != 1 {
		t.Errorf("with a proxy: got %+v; %d at the proxy", got, proxied.count())
	}
}

func TestWhatMayHaveArrivedIsNotSentAgain(t *testing.T) {
	closed, gone := receiver(t, status(200))
	gone.Close()
	release := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(release) }))
	_, silent := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	_, broken := receiver(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for name, c := range map[string]struct {
		url           string
		again, unsure bool
	}{
		"nobody listens":           {gone.URL, true, false},
		"no answer":                {silent.URL, false, true},
		"cut without an answer":    {broken.URL, false, true},
		"a name that is not there": {"http://nowhere.invalid/", true, false},
	} {
		sender := anywhere()
		sender.Timeout = 300 * time.Millisecond
		got := sender.send(t.Context(), to(c.url))
		if got.ok || got.again != c.again || got.unsure != c.unsure || strings.Contains(got.answers, "http://") {
			t.Errorf("%s: got %+v, want again %v, unsure %v", name, got, c.again, c.unsure)
		}
	}
	if closed.count() != 0 {
		t.Error("a closed receiver got a request")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	_, long := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			fmt.Fprint(w, strings.Repeat("x\xff\x1b[2J", 200))
		}
	})
	if got := anywhere().send(t.Context(), to(long.URL)); !got.ok || len(got.answers) > mostAnswer+4 {
		t.Errorf("got %d bytes of an answer: %v", len(got.answers), got.ok)
	}
	_, wide := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := range 200 {
			w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
		}
	})
	if got := anywhere().send(t.Context(), to(wide.URL)); got.ok || len(got.answers) > mostAnswer+100 {
		t.Errorf("200 kB of header: got %+v", got)
	}
	_, endless := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := fmt.Fprint(w, "x"); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	})
	sender, begun := anywhere(), time.Now()
	sender.Timeout = 500 * time.Millisecond
	if got := sender.send(t.Context(), to(endless.URL)); !got.ok || time.Since(begun) > 3*time.Second {
		t.Errorf("an answer without end: got %+v after %s", got, time.Since(begun))
	}
}
