"""All rooms in one router."""

from __future__ import annotations

from fastapi import APIRouter

from web.rooms import (
    assessment,
    attachments,
    checklist,
    consultation,
    coverage,
    creation,
    decision,
    file,
    inspection,
    own,
    programme,
    radar,
    recusals,
    risk,
    staff,
    travel,
    zero_reports,
)

router = APIRouter()
router.include_router(consultation.router)
router.include_router(attachments.router)
router.include_router(travel.router)
router.include_router(inspection.router)
router.include_router(checklist.router)
router.include_router(programme.router)
router.include_router(coverage.router)
router.include_router(radar.router)
router.include_router(risk.router)
router.include_router(decision.router)
router.include_router(creation.router)
router.include_router(file.router)
router.include_router(staff.router)
router.include_router(own.router)
router.include_router(recusals.router)
router.include_router(zero_reports.router)
router.include_router(assessment.router)
