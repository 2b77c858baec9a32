"""Which image runs, who is asked for it, and as whom."""

import pytest

from emulator.ecs.images import ImageStore, login_of, registry_login
from emulator.ecs.secret_values import SecretValues
from emulator.engines.base import ImageInfo, ImageUnavailableError
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus
from emulator.model.definitions import Local
from emulator.model.environment import SecretSource
from emulator.model.image_builds import ImageBuild, LocalImage
from emulator.model.pull_policy import PullPolicy
from tests.builders import container

ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1"


def _store(engine: FakeEngine, policy: PullPolicy = PullPolicy.MISSING) -> ImageStore:
    return ImageStore(engine, policy, EventBus())


def test_an_images_own_name_stands_before_globs_and_the_first_glob_before_others() -> None:
    exact, first, second = (LocalImage(image=name) for name in ("exact", "first", "second"))
    local = Local(images={"*/app:*": first, "*": second, ECR: exact})
    assert [local.stand_in(name) for name in (ECR, "x/app:2", "x")] == [exact, first, second]
    assert Local().stand_in(ECR) is None


@pytest.mark.parametrize("policy", list(PullPolicy))
def test_an_ecr_registry_is_not_asked_unless_somebody_says_so(policy: PullPolicy) -> None:
    engine = FakeEngine(registry=frozenset({ECR}))
    store = _store(engine, policy)
    with pytest.raises(ImageUnavailableError):
        store.ensure(ECR)
    assert engine.calls == []
    store.ensure(ECR, own=LocalImage(pull=PullPolicy.MISSING))
    assert engine.calls == [f"pull {ECR}"]


def test_an_ecr_image_that_is_here_already_runs() -> None:
    engine = FakeEngine(images=frozenset({ECR}))
    assert _store(engine, PullPolicy.ALWAYS).ensure(ECR).id == f"sha256:{ECR}"


def test_the_refusal_says_what_to_write() -> None:
    with pytest.raises(ImageUnavailableError) as refused:
        _store(FakeEngine(images=frozenset())).ensure(ECR)
    assert str(refused.value.hint).startswith(f"{ECR} is in a private registry of AWS")


@pytest.mark.parametrize("policy", [PullPolicy.MISSING, PullPolicy.ALWAYS])
def test_no_registry_is_asked_for_what_only_aws_knows(policy: PullPolicy) -> None:
    image = "${aws_ecr_repository.app.repository_url}:1"
    engine = FakeEngine(images=frozenset(), registry=frozenset({image}))
    with pytest.raises(ImageUnavailableError, match="is known to AWS alone") as refused:
        _store(engine, policy).ensure(image, own=LocalImage(pull=policy))
    assert engine.calls == []
    assert f'under local.images write "{image}": IMAGE' in str(refused.value.hint)


@pytest.mark.parametrize("policy", [PullPolicy.MISSING, PullPolicy.NEVER])
def test_of_an_image_that_cannot_be_had_it_is_said_where_a_stand_in_is_written(
    policy: PullPolicy,
) -> None:
    with pytest.raises(ImageUnavailableError) as missing:
        _store(FakeEngine(images=frozenset()), policy).ensure("app:1")
    assert 'under local.images write "app:1": IMAGE' in str(missing.value.hint)


def test_an_images_own_policy_stands_before_the_general_one() -> None:
    engine = FakeEngine(images=frozenset({"app:1"}), registry=frozenset({"app:1"}))
    _store(engine, PullPolicy.NEVER).ensure("app:1", own=LocalImage(pull=PullPolicy.ALWAYS))
    assert engine.calls == ["pull app:1"]


def test_whoever_logs_in_is_asked_only_for_a_pull() -> None:
    engine = FakeEngine(registry=frozenset({"app:1"}))
    for _ in range(2):
        _store(engine).ensure("app:1", login=lambda: ("user", "hunter2"))
    assert engine.calls == ["pull app:1 as user"]


def test_a_build_gives_its_image() -> None:
    engine = FakeEngine()
    name, image = _store(engine).build(ImageBuild(context="/src/app"), None)
    assert (name, image.id) == ("ecs-local/build:app", "sha256:ecs-local/build:app")


@pytest.mark.parametrize(
    ("secret", "field"),
    [
        ("no json", "username"),
        ('{"password": "hunter2"}', "username"),
        ('{"username": "u", "password": ""}', "password"),
    ],
)
def test_credentials_of_a_registry_need_both_parts(secret: str, field: str) -> None:
    wanted = f"asm fetching {field}: AuthorizationData is malformed, empty field"
    with pytest.raises(ValueError, match=wanted):
        login_of(secret)
    assert login_of('{"username": "u", "password": "p"}') == ("u", "p")


def test_only_an_image_of_the_definition_itself_is_pulled_with_its_credentials() -> None:
    values = SecretValues(
        Local(secrets={"registry": SecretSource(value='{"username": "u", "password": "p"}')})
    )
    mine, plain = container(image="app:1", repository_credentials="registry"), container()
    replaced = Local(images={"app:1": LocalImage(image="app:dev")})
    built = Local(images={"app:1": LocalImage(pull=PullPolicy.ALWAYS)})
    asked = [
        registry_login(who, local, values)()
        for who, local in ((mine, Local()), (mine, built), (mine, replaced), (plain, Local()))
    ]
    assert asked == [("u", "p"), ("u", "p"), None, None]


def test_an_image_of_another_platform_is_not_what_was_asked_for() -> None:
    engine = _OfArm(registry=frozenset({"app:1"}))
    with pytest.raises(ImageUnavailableError, match="here for arm64, not for linux/amd64"):
        _store(engine, PullPolicy.NEVER).ensure("app:1", platform="linux/amd64")
    _store(engine).ensure("app:1", platform="linux/arm64")
    assert engine.calls == []
    _store(engine).ensure("app:1", platform="linux/amd64")
    _store(engine).prepare("app:1", platform="linux/amd64")
    assert engine.calls == ["pull app:1"] * 2


class _OfArm(FakeEngine):
    """Has every image, for arm64."""

    def find_image(self, image: str) -> ImageInfo | None:
        return ImageInfo(id=image, digest=None, architecture="arm64")


def test_an_image_that_a_registry_has_for_another_platform_only_is_refused_in_awss_words() -> None:
    class _Pulled(_OfArm):
        def pull_image(self, *args: object, **options: object) -> ImageInfo:
            return ImageInfo(id="app:1", digest=None, architecture="arm64")

    with pytest.raises(ImageUnavailableError) as refused:
        _store(_Pulled()).ensure("app:1", platform="linux/amd64")
    assert refused.value.message.endswith("descriptor matching platform 'linux/amd64'")
    assert refused.value.hint == "app:1 is for arm64 only: build it for linux/amd64, too"
