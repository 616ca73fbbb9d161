"""One plugin for client, worker and replayer, so that the three cannot drift apart."""

import dataclasses

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner

from runtime.codec import EncryptionCodec
from runtime.interceptors import RefusalsBecomeFailures
from runtime.sandbox import StrictRunner
from runtime.settings import Settings


def ks_plugin(settings: Settings) -> SimplePlugin:
    """Converter, encryption, error mapping, sandbox and failure types of the product."""
    codec = EncryptionCodec(settings.load_master_key())

    def converter(_: DataConverter | None) -> DataConverter:
        return dataclasses.replace(pydantic_data_converter, payload_codec=codec)

    def runner(_: WorkflowRunner | None) -> WorkflowRunner:
        return StrictRunner()

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
