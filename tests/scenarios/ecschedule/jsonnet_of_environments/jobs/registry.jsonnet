{
  dev: import './env/dev.jsonnet',
}
