local schedule(hour) =
  error 'no hour ' + hour;
{
  cluster: 'jobs',
  rules: [{ name: 'a', scheduleExpression: schedule(25), taskDefinition: 'job' }],
}
