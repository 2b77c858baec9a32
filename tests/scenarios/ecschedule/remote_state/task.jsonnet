local tfstate = std.native('tfstate');
local must_env = std.native('must_env');
{
  family: 'sync',
  cpu: '256',
  memory: '512',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  executionRoleArn: tfstate('aws_iam_role.execution.arn'),
  containerDefinitions: [{
    name: 'app',
    image: '{{ or (env `IMAGE` ``) (tfstate `aws_ecr_repository.app.repository_url`) }}:' + must_env('TAG'),
    portMappings: [{ containerPort: 80, appProtocol: '' }],
    environment: [{ name: 'QUEUE', value: std.native('cfn_output')('queues', 'Orders') }],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': '/jobs/{{ tfstate `aws_cloudwatch_log_group.app.name` }}',
        'awslogs-region': 'ap-northeast-1',
        'awslogs-stream-prefix': 'app',
      },
    },
  }],
}
