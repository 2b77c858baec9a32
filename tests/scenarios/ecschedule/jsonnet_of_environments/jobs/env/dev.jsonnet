(import "base.jsonnet") + { cluster: 'dev', hours: 2 }
