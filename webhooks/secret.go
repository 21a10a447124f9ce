package webhooks

import (
	"errors"
	"os"
	"strings"

	"github.com/fernet/fernet-go"
)

// KeyVariable is the variable that MLflow takes the key of its secrets from.
const KeyVariable = "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"

// decrypt returns the secret of a webhook, which MLflow keeps as a Fernet token.
// A server without a key makes one up at each start, so nobody can read what it
// wrote.
func decrypt(token, key string) (string, error) {
	if key == "" {
		return "", errors.New("the webhook has a secret: set " + KeyVariable + " to the key that MLflow's server has, to sign with it")
	}
	k, err := fernet.DecodeKey(key)
	if err != nil {
		return "", errors.New(KeyVariable + " is no key: it is 32 bytes in base64, as Fernet.generate_key() makes them")
	}
	secret := fernet.VerifyAndDecrypt([]byte(token), 0, []*fernet.Key{k})
	if secret == nil {
		return "", errors.New("the secret of the webhook was not encrypted with the key in " + KeyVariable +
			": set the key that MLflow's server has; a server without one makes its own at each start, then the webhook's secret must be set again")
	}
	return string(secret), nil
}

// named is the secret that a configuration means: the value of a variable where it
// says env:NAME.
func named(secret string) (string, error) {
	name, ok := strings.CutPrefix(secret, "env:")
	if !ok {
		return secret, nil
	}
	value := os.Getenv(name)
	if value == "" {
		return "", errors.New("the hook's secret is env:" + name + ": set " + name)
	}
	return value, nil
}
