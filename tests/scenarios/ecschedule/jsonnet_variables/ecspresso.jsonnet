{
  cluster: 'jobs-' + std.extVar('STAGE'),
  task_definition: 'task.jsonnet',
}
