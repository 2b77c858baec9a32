{
  task_definition: 'x',
  cluster: std.extVar('STAGE'),
}
