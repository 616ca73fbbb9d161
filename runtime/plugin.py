"""One plugin for client, worker and replayer, so that the three cannot drift apart."""

import dataclasses

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from runtime.codec import EncryptionCodec
from runtime.interceptors import RefusalsBecomeFailures
from runtime.settings import Settings

STRICT = SandboxRestrictions.default.with_import_notification_policy(
    SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
)
"""A module that a workflow pulls into the sandbox by accident stops the worker at its start."""


def ks_plugin(settings: Settings) -> SimplePlugin:
    """Converter, encryption, error mapping, sandbox and failure types of the product."""
    codec = EncryptionCodec(settings.load_master_key())

    def converter(_: DataConverter | None) -> DataConverter:
        return dataclasses.replace(pydantic_data_converter, payload_codec=codec)

    def runner(_: WorkflowRunner | None) -> WorkflowRunner:
        return SandboxedWorkflowRunner(restrictions=STRICT)

    return SimplePlugin(
        "ks",
        data_converter=converter,
        interceptors=[RefusalsBecomeFailures()],
        workflow_runner=runner,
        workflow_failure_exception_types=[ApplicationError],
    )


async def connect(settings: Settings) -> Client:
    """A client of the installation's Temporal server."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        plugins=[ks_plugin(settings)],
    )
