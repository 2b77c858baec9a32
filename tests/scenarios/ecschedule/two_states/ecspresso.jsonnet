local net = std.native('net_tfstate');
{
  cluster: net('aws_subnet.a.id'),
  task_definition: 'task.jsonnet',
  plugins: [{ name: 'tfstate', func_prefix: 'net_', config: { path: 'net.tfstate' } }, { name: 'ssm' }],
}
