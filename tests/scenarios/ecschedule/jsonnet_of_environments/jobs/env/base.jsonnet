{
  cluster: 'base',
  hours: 24,
  rules: [
    { name: 'nightly', role: 'events', scheduleExpression: 'rate(%d hours)' % $.hours, taskDefinition: 'batch' },
  ],
}
