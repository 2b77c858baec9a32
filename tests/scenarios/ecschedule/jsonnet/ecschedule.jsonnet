local env = std.native('env');
local job(name, hour) = {
  name: name,
  scheduleExpression: 'cron(0 %d * * ? *)' % hour,
  taskDefinition: 'task',
  containerOverrides: [{ name: 'app', environment: (import 'env.libsonnet') }],
};
{
  region: env('REGION', 'us-east-1'),
  rules: [job('a', 1), job('b', 2)],
}
