"""Fetches the images of one task, with a login where it needs one, before anything else is made."""

from collections.abc import Callable
from dataclasses import replace

from emulator.ecs import outcome
from emulator.ecs.image_platform import platform_notice
from emulator.ecs.images import Login, Pull, registry_login
from emulator.ecs.plan import TaskPlan
from emulator.ecs.plan_environment import with_region
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.engines.base import ImageInfo, ImageUnavailableError
from emulator.engines.spec import ContainerSpec
from emulator.model.task_definition import ContainerDefinition, LaunchType
from emulator.values import frozen


@frozen
class TaskImages:
    """Brings the images of a task."""

    shop: Workshop
    record: TaskRecord

    def bring(self, plan: TaskPlan, pulling: Callable[[Pull], ImageInfo]) -> TaskPlan:
        """Bring all images, and return the plan with what depends on what is in them.

        Raises `CannotStartError`, and what `pulling` does.
        """
        self.record.pull_started()
        task, digests, specs = self.record.task, {}, []
        definitions = task.task_definition.container_definitions
        for container, spec in zip(definitions, plan.containers, strict=True):
            spec, image = self._image(container, spec, pulling)
            self._say_what_differs(spec, image)
            digests[container.name] = image.digest
            if task.launch_type is not LaunchType.FARGATE:
                environment = with_region(spec.environment, image.environment, task.region)
                spec = replace(spec, environment=environment)
            specs.append(spec)
        self.record.pull_stopped(digests)
        return replace(plan, containers=tuple(specs))

    def _image(
        self,
        container: ContainerDefinition,
        spec: ContainerSpec,
        pulling: Callable[[Pull], ImageInfo],
    ) -> tuple[ContainerSpec, ImageInfo]:
        """Bring the image of one container; return its spec with the image that runs here."""
        own, images = self.shop.local.stand_in(container.image), self.shop.images
        try:
            if own is not None and own.build is not None:
                built, image = images.build(own.build, spec.platform, pulling)
                return replace(spec, image=built), image
            image = images.ensure(
                spec.image,
                platform=spec.platform,
                own=own,
                login=self._login(container),
                pulling=pulling,
            )
        except ImageUnavailableError as error:
            if error.hint is not None:
                self.shop.hint(self.record.task, error.hint)
            built_here = own is not None and own.build is not None
            reason = self._reason(spec.image, error.message, built_here=built_here)
            raise CannotStartError(reason, container.name) from error
        return spec, image

    def _reason(self, image: str, message: str, *, built_here: bool) -> str:
        if built_here:
            # No registry and no agent of AWS has anything to say about that.
            return f"CannotPullContainerError: {message}"[: outcome.REASON_LIMIT]
        launch_type = self.record.task.launch_type
        return outcome.pull_failure(image, message, launch_type).reason(launch_type)

    def _login(self, container: ContainerDefinition) -> Login:
        """Return what finds `repositoryCredentials`. It raises `CannotStartError`."""
        if container.repository_credentials is None:
            return lambda: None
        from emulator.ecs.secret_values import SecretUnavailableError, SecretValues
        from emulator.ecs.task_secrets import reason_of

        task = self.record.task
        values = SecretValues(self.shop.local, self.shop.environ)
        ask = registry_login(container, self.shop.local, values)

        def login() -> tuple[str, str] | None:
            try:
                return ask()
            except SecretUnavailableError as missing:
                self.shop.hint(task, missing.hint)
                reason = reason_of([missing], task.launch_type, task.region)
                raise CannotStartError(reason) from missing
            except ValueError as malformed:
                reason = f"CannotPullContainerAuthError: {malformed}"
                raise CannotStartError(reason, container.name) from malformed

        return login

    def _say_what_differs(self, spec: ContainerSpec, image: ImageInfo) -> None:
        notice = platform_notice(
            spec.image,
            image.architecture,
            self.record.task,
            machine=self.shop.host.architecture,
        )
        if notice is not None:
            self.shop.notices.once(notice)
